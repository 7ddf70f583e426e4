"""Methods of statistics: arrays in, Estimate out. They know no stream and no study."""
