"""The use cases change: one public function each, one transaction each, and none calls another."""
