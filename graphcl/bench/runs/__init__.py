"""From a suite to records: planning runs, a process for each, and the file of results."""
