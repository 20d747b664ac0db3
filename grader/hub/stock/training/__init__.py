"""How the stand-ins were trained: one loop, one module per stand-in. Run only to make a delta anew."""
