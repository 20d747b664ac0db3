"""What is known of a repository from its files: card, tags, task, size; and lists of repositories."""
