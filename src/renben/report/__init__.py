"""What is shown: figures, tables and documents made from datasets."""
