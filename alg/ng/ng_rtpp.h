/* SPDX-License-Identifier: BSD-3-Clause */
/* ng_rtpp.h: flags as an operator types them, all in one string: "trust-address ICE=remove codec=[strip=[G722 all]]".
 */
#ifndef NATSBC_NG_NG_RTPP_H
#define NATSBC_NG_NG_RTPP_H

#include "alg/ng/ng.h"

/* Takes the words of the string as flags and keys of the request. What stands in brackets becomes bencode, in mem, of
 * which *mem is then what is left: twice the text suffices. What is not closed, or nests too deeply, is told as not
 * understood. 0, or -1 where the value of a known key is broken. */
int ng_rtpp_take(struct ng_request *r, struct span text, struct span *mem);

#endif
