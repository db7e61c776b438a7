"""From files to stored articles: reading, extracting, chunking and the pipeline."""
