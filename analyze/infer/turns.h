/* Whom a server refuses some questions, and answers others at the same time. */
#ifndef RC_ANALYZE_TURNS_H
#define RC_ANALYZE_TURNS_H

#include "analyze/infer/case.h"

/*
 * Whom the server refused by turns within a second of the failure: names of several, and answered others, among them one
 * that it had just refused. That is about how much is asked, not about who asks, or for what. Or it refuses what is new to
 * several that it has served, and has as many questions open with each as with none that it worked on meanwhile. Or it
 * answers the client some names, and then refuses a row of others right beside them. None if
 * the failure is no refusal. Found once for a case.
 */
enum rc_turns rc_case_turns(struct rc_case *c);

/*
 * Of the same client the server had let several questions stand when it refused this one, and had refused it nothing before
 * these: whom a server does not serve it refuses from the first on.
 */
bool rc_case_is_let_in(struct rc_case *c);

#endif
