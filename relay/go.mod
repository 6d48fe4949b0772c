module github.com/farbench/farbench/relay

go 1.26.0

require github.com/farbench/farbench/agent v0.0.0

replace github.com/farbench/farbench/agent => ../agent
