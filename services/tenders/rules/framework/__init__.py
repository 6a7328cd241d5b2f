"""Framework agreements: several suppliers, among whom service users choose; what is bought is called off."""
