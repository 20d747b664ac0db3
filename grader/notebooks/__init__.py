"""Chapters as files: from solutions/ to chapters/, and through papermill."""
