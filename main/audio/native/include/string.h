// Everything is in freestanding.h.
