// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unheard.h"

UNHEARD_DRIVER("unheard_first");
