package driver

func (c *command) schema([]string) int { return 2 }
func (c *command) prove([]string) int  { return 2 }
