"""The two doors: the terminal command `onrecord` and the Discord client. Composes and renders."""
