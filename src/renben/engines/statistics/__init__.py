"""Small statistical tools shared by mechanisms and evaluation."""
