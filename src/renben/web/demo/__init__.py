"""The demonstration: synthetic people, one account per role, and a day that can be turned."""
