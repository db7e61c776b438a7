"""From the bytes of one file to a draft of an article, one module a format. Nothing here opens a file."""
