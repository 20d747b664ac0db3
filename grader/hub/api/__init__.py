"""The Hub's HTTP API: what its clients call. Thin, over the store."""
