"""City cases: reported, filed, sent out, handled, said to be done, looked at and closed, and evaluated."""
