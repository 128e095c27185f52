"""The playground's screen: the network, what it says, its run and its dials, all live."""
