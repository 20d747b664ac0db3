"""The hub as people see it in a browser: pages made on the server, no build step, nothing from outside."""
