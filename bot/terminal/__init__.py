"""The command `onrecord`. Its modules import what is heavy inside the commands, so that --help is quick."""
