"""Repositories of another hub, copied into the practice hub of a course folder at a pinned commit.

They lie in a root of their own, `.course/mirror/`, which the hub serves read-only, before the stock: so a mirrored
model wins over a stand-in of its name, in the course folder that asked for it and nowhere else.
"""
