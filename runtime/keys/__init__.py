"""Where the root key lies: one provider a file, and what all of them must prove at the start."""

from .file import FileKeys
from .moving import move_keys
from .opening import keys_of, prove_root

__all__ = ["FileKeys", "keys_of", "move_keys", "prove_root"]
