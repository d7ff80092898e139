"""Bytes from outside at every door that reads a file or a message: an answer or a refusal, never anything else."""
