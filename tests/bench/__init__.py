"""The benchmark suite: our server beside two hand-written floors and strawberry as it is usual."""
