"""Repositories on the disk, to be used with or without HTTP: git, large files, durable writing."""
