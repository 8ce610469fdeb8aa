"""See `exporting.command`."""

import sys

from exporting.command import main

sys.exit(main())
