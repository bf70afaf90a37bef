package api

import "strconv"

// headerCostly is where a client says from how many codes on an answer is too costly for
// it. It can only lower the server's own limit.
const headerCostly = "X-Too-Costly-Threshold"

// costly reads the header; 0 when it is not there or no number.
func costly(x *exchange) int {
	if x.http == nil {
		return 0
	}
	h := x.http.Request.Header.PeekCanonical(nameCostly)
	if len(h) == 0 {
		return 0
	}
	n, err := strconv.Atoi(string(h))
	if err != nil || n < 0 {
		return 0
	}
	return n
}
