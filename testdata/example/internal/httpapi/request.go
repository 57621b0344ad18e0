package httpapi

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"example.com/invoicing/internal/auth"
	"example.com/invoicing/internal/service"
)

// organization returns the active organization. Without one it answers 401 and
// returns false: the handler must end.
func organization(c *gin.Context) (uuid.UUID, bool) {
	org, err := auth.OrgFromContext(c.Request.Context())
	if err != nil {
		c.AbortWithStatus(http.StatusUnauthorized)
		return uuid.Nil, false
	}
	return org, true
}

// pathID returns the id of the path, which the client chose.
func pathID(c *gin.Context) (uuid.UUID, bool) {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		c.AbortWithStatus(http.StatusBadRequest)
		return uuid.Nil, false
	}
	return id, true
}

func organizationAndID(c *gin.Context) (org, id uuid.UUID, ok bool) {
	if org, ok = organization(c); !ok {
		return uuid.Nil, uuid.Nil, false
	}
	id, ok = pathID(c)
	return org, id, ok
}

// respond answers with the body, or with the status that the error stands for.
func respond(c *gin.Context, body any, err error) {
	switch {
	case err == nil:
		c.JSON(http.StatusOK, body)
	case errors.Is(err, auth.ErrNoOrganization):
		c.AbortWithStatus(http.StatusUnauthorized)
	case errors.Is(err, service.ErrForbidden):
		c.AbortWithStatus(http.StatusForbidden)
	case errors.Is(err, service.ErrNotFound):
		c.AbortWithStatus(http.StatusNotFound)
	default:
		c.AbortWithStatus(http.StatusInternalServerError)
	}
}
