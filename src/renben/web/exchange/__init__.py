"""Exchange: the only door between the web and the workspace. No person's number or key passes it."""
