"""Programme: one supervised task per commitment and owner, from acceptance to the check that closes it."""
