module example.com/tickets

go 1.25.0
