"""Where the root key lies: one provider a file, and what all of them must prove at the start."""

from .file import FileKeys, forget_root
from .moving import move_keys
from .opening import keys_of, prove_root

__all__ = ["FileKeys", "forget_root", "keys_of", "move_keys", "prove_root"]
