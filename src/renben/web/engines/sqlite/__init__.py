"""SQLite, whose writers stand in line instead of looking again and again."""
