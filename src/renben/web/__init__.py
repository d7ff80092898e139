"""Who does what: the only room that knows Django."""
