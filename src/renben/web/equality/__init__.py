"""Whether like cases are decided alike, whoever the person is: counts kept from the service, never a person's row."""
