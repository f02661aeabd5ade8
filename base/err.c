#include "base/err.h"

const char *rc_err_text(int err)
{
	switch (err) {
	case RC_OK:
		return "success";
#define X(name, value, text) \
	case name: \
		return text;
		RC_ERR_LIST(X)
#undef X
	default:
		return "unknown error";
	}
}
