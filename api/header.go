package api

import "github.com/valyala/fasthttp"

// Names of headers in the form in which fasthttp keeps them: looking for one costs less by these.
var (
	nameAccept          = canonicalName(fasthttp.HeaderAccept)
	nameAcceptLanguage  = canonicalName(fasthttp.HeaderAcceptLanguage)
	nameAuthorization   = canonicalName(fasthttp.HeaderAuthorization)
	nameCostly          = canonicalName(headerCostly)
	nameETag            = canonicalName(fasthttp.HeaderETag)
	nameIfMatch         = canonicalName(fasthttp.HeaderIfMatch)
	nameIfModifiedSince = canonicalName(fasthttp.HeaderIfModifiedSince)
	nameIfNoneExist     = canonicalName("If-None-Exist")
	nameIfNoneMatch     = canonicalName(fasthttp.HeaderIfNoneMatch)
	nameOrigin          = canonicalName(fasthttp.HeaderOrigin)
	namePrefer          = canonicalName("Prefer")
	nameReason          = canonicalName(headerReason)
	nameRequestID       = canonicalName(headerRequestID)
)

func canonicalName(name string) []byte { return fasthttp.AppendNormalizedHeaderKey(nil, name) }
