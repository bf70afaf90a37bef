// Package linkagetest measures, for the tests of packages that join lists, how well they do.
package linkagetest
