module github.com/farbench/farbench/agent

go 1.26.0
