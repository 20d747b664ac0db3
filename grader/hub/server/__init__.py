"""The server's process: starting, finding and stopping it, for one learner or for a class; joining another's."""
