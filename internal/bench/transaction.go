package main

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"masjala/internal/bench/national"
)

// entriesOfTransaction is how many entries a measured transaction has.
const entriesOfTransaction = 1000

// transactions measures transactions that create facilities, workers and posts.
func (c census) transactions(ctx context.Context, f *findings, server *process, header []byte) error {
	tell("transactions of %d entries", entriesOfTransaction)
	number := int(time.Now().Unix() % 1_000_000)
	for range c.runs {
		n := 0
		s, err := drive(ctx, server, 200, []job{func(int) []byte {
			if n++; n > 3 {
				return nil
			}
			number += entriesOfTransaction / 4
			return request("POST /fhir", header, newcomers(f.country, number))
		}})
		if err != nil {
			return fmt.Errorf("transaction: %w", err)
		}
		f.transactions = append(f.transactions, s)
	}
	return nil
}

// request makes a request with a body.
func request(line string, header, body []byte) []byte {
	b := append([]byte(line), header[:len(header)-2]...) // without the empty line
	b = fmt.Appendf(b, "Content-Type: application/fhir+json\r\nContent-Length: %d\r\n\r\n", len(body))
	return append(b, body...)
}

// newcomers makes a transaction of facilities, workers and posts that were not there: those
// that come n after the last ones. A Location refers to the Organization that comes with it.
func newcomers(c *national.Country, n int) []byte {
	b := []byte(`{"resourceType":"Bundle","type":"transaction","entry":[`)
	for i := range entriesOfTransaction / 4 {
		for _, k := range []national.Kind{national.FacilityLocation, national.FacilityOrganization, national.Worker, national.Role} {
			at := c.Count(k) + n + i
			if b[len(b)-1] != '[' {
				b = append(b, ',')
			}
			b = append(c.AppendID(append(b, `{"fullUrl":"urn:uuid:`...), k, at), `","resource":`...)
			own := c.AppendID([]byte("Organization/"), national.FacilityOrganization, at)
			urn := c.AppendID([]byte("urn:uuid:"), national.FacilityOrganization, at)
			b = append(b, bytes.ReplaceAll(c.Append(nil, k, at), own, urn)...)
			b = fmt.Appendf(b, `,"request":{"method":"POST","url":"%s"}}`, k.Type())
		}
	}
	return append(b, `]}`...)
}
