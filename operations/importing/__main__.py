"""See `importing.command`."""

import sys

from importing.command import main

sys.exit(main())
