package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"
)

// place appends a Location of about 1.3 KB, different for each number.
func place(dst []byte, n int, id string) []byte {
	dst = append(dst, `{"resourceType":"Location",`...)
	if id != "" {
		dst = fmt.Appendf(dst, `"id":%q,`, id)
	}
	return fmt.Appendf(dst, `"identifier":[{"use":"official","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"FI"}]},"system":"http://registry.example.org/facilities","value":"F%07d"},`+
		`{"use":"secondary","system":"http://registry.example.org/statistics","value":"S-%d"}],"status":"active","name":"Health Centre %d of District %d","alias":["HC %d","Centre de santé %d"],"mode":"instance",`+
		`"type":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-RoleCode","code":"HOSP","display":"Hospital"}]},{"coding":[{"system":"https://profiles.ihe.net/ITI/mCSD/CodeSystem/IHE.mCSD.Organization.Location.Types","code":"facility"}]}],`+
		`"telecom":[{"system":"phone","value":"+254 700 %06d","use":"work"},{"system":"email","value":"hc%d@example.org"}],`+
		`"address":{"use":"work","line":["%d Hospital Road"],"city":"Town %d","district":"District %d","state":"County %d","postalCode":"%05d","country":"KE"},`+
		`"physicalType":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/location-physical-type","code":"si","display":"Site"}]},`+
		`"position":{"longitude":%.5f,"latitude":%.5f},"hoursOfOperation":[{"daysOfWeek":["mon","tue","wed","thu","fri"],"openingTime":"08:00:00","closingTime":"17:00:00"}]}`,
		n, n, n, n%300, n, n, n%1_000_000, n, n%999, n%2000, n%300, n%47, n%99999, 34+float64(n%8000)/1000, -4+float64(n%8800)/1000)
}

func placeID(n int) string { return "place-" + strconv.Itoa(n) }

// pack appends a transaction that stores the places from first up to last.
func pack(dst []byte, first, last int) []byte {
	dst = append(dst, `{"resourceType":"Bundle","type":"transaction","entry":[`...)
	for n := first; n < last; n++ {
		if n > first {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"resource":`...)
		dst = place(dst, n, placeID(n))
		dst = fmt.Appendf(dst, `,"request":{"method":"PUT","url":"Location/%s"}}`, placeID(n))
	}
	return append(dst, `]}`...)
}

// post appends a POST request of FHIR JSON.
func post(dst []byte, path string, body []byte) []byte {
	dst = fmt.Appendf(dst, "POST %s HTTP/1.1\r\nHost: bench\r\nContent-Type: application/fhir+json\r\nContent-Length: %d\r\n\r\n", path, len(body))
	return append(dst, body...)
}

func get(path string) []byte { return []byte("GET " + path + " HTTP/1.1\r\nHost: bench\r\n\r\n") }

// popular returns a source of numbers below n of which few come often and many seldom.
func popular(seed uint64, n int) func() int {
	z := rand.NewZipf(rand.New(rand.NewPCG(seed, 1)), 1.1, 1, uint64(n-1))
	return func() int { return int(z.Uint64()) }
}
