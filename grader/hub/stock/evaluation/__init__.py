"""How good the stand-ins are: scores on real held-out data, and their answers to everyday sentences.

`course hub evaluate` prints both. The models are put together as the practice hub serves them; the held-out data comes
from the public data sets by id, or from a folder of copies.
"""
