"""How a worker reads its partitions, hands events out and sets the failing ones aside."""
