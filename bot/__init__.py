"""The two doors: the terminal command `onrecord` and the Discord client. Composes, renders, decides nothing."""
