"""What a run needs to know of its machine: device, precision, processes, costs, versions."""
