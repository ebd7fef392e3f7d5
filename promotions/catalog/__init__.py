"""What is sold and where: products, the category tree, points of sale, as they are set up."""
