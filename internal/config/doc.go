// Package config reads the settings of the program.
//
// A setting has a default, which the YAML file overrides, which the environment
// overrides, which a flag overrides ([Load]). What the file may hold, the environment
// variables, the flags, the sample file and the reference page all come from the tags of
// [Config]; a key that is not among them is refused with its line ([Sample] prints them all).
package config
