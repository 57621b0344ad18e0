module example.com/golangci-with-tenantvet

go 1.26.0

replace github.com/tenantvet/tenantvet => ../../../..

require github.com/golangci/golangci-lint/v2 v2.15.0 // indirect
