"""The Discord client: its commands, what it shows, and how it is kept running."""
