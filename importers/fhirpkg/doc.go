// Package fhirpkg brings in FHIR packages: the .tgz files, or unpacked folders, in which
// implementation guides publish code systems, value sets and concept maps
// (https://hl7.org/fhir/R4/packages.html; npm layout with a package/ folder and package.json).
//
// [Run] reads one file at a time, so that a package of any size needs the memory of its
// largest resource. Resources of types that no registry holds are counted, not stored.
// Bundles and NDJSON files in a folder are read too.
package fhirpkg
