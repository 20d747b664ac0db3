"""Who is known to the hub: accounts with their tokens, a class's roster, logins of browsers."""
